# The dashboard in a container. To build, run, upgrade and back it up: deploy/README.md, "In a container".

# The Python and the Debian that the tests run on.
FROM python:3.11-slim-bookworm

# A number nobody else has. The store lies in the user's home, which a new volume takes over with its owner.
RUN groupadd --gid 10001 trials \
    && useradd --uid 10001 --gid trials --no-log-init --no-create-home --home-dir /var/lib/trials \
        --shell /usr/sbin/nologin trials \
    && install -d -m 700 -o trials -g trials /var/lib/trials

WORKDIR /srv/trial-tracker

# Before the code, so that a new release need not install them again.
COPY requirements.txt requirements-server.txt constraints.txt ./
RUN python -m pip install --no-cache-dir -c constraints.txt -r requirements.txt -r requirements-server.txt

COPY LICENSE NOTICE ./
COPY fetchers fetchers
COPY cache cache
COPY insights insights
COPY dashboard dashboard
# Everybody may read them, whatever the checkout's modes are, and they are compiled now: later nothing is written here.
RUN find . ! -perm -a=r -exec chmod a+rX {} + \
    && python -m compileall -q fetchers cache insights dashboard

# All that is ever written lies in the volume or in /tmp. Inside the container every address is served; what reaches it
# from outside is decided by "docker run --publish". CACHE_DIRECTORY: what the pages read of a store on PostgreSQL.
ENV PYTHONUNBUFFERED=1 \
    STREAMLIT_SERVER_ADDRESS=0.0.0.0 \
    TRIALS_CACHE_URL=sqlite:////var/lib/trials/trials.sqlite3 \
    CACHE_DIRECTORY=/var/lib/trials

USER 10001:10001
VOLUME /var/lib/trials
EXPOSE 8501

# Whether the server answers at all, not /api/ready: without its database it still shows the starter snapshot, and
# starting it again would not help. Asked without urllib, which would go to a proxy that the environment names.
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 CMD ["python", "-c", "import http.client, os, sys; at = http.client.HTTPConnection('127.0.0.1', int(os.environ.get('STREAMLIT_SERVER_PORT', '8501')), timeout=4); at.request('GET', '/api/live'); sys.exit(at.getresponse().status != 200)"]

# One process, without a shell around it: the signal of "docker stop" reaches it.
CMD ["python", "-m", "streamlit", "run", "dashboard/app.py"]
