"""One POST of JSON to a web address; redirects are refused, since they would carry it to another place."""

from typing import Any

import requests
from urllib3.exceptions import NewConnectionError

from fetchers.loopback import proxies
from fetchers.registry.deadline import DeadlineAdapter
from fetchers.sending.address import Webhook
from fetchers.sending.outcome import NotTaken, Unsure

# The answer as a whole may take this many times the wait for a piece of it.
_WHOLE = 4


def post(
    hook: Webhook, body: bytes, *, key: str, token: str | None, timeout: float, user_agent: str | None = None
) -> None:
    """Return when the other side answered 2xx. Raises NotTaken or Unsure. ``key``: the same for the same ``body``."""
    headers = {"Content-Type": "application/json", "Idempotency-Key": key}
    if user_agent:
        headers["User-Agent"] = user_agent
    adapter = DeadlineAdapter()
    with requests.Session() as session:
        session.mount("http://", adapter)
        session.mount("https://", adapter)
        try:
            with adapter.within(_WHOLE * timeout):
                answer = session.post(
                    hook.url, data=body, headers=headers, timeout=timeout, allow_redirects=False, stream=True,
                    auth=_Token(token), proxies=proxies(hook.host),
                )  # fmt: skip
        except requests.RequestException as error:
            raise _trouble(hook, error) from error
        answer.close()  # whatever else it says is not for us
    if 300 <= answer.status_code < 400:
        raise NotTaken(f"{hook.host} sends us elsewhere (HTTP {answer.status_code}); give --to the final address.")
    if answer.status_code >= 500:
        raise Unsure(f"{hook.host} had trouble (HTTP {answer.status_code}) and did not say whether it took the digest.")
    if not 200 <= answer.status_code < 300:
        raise NotTaken(f"{hook.host} refused the digest (HTTP {answer.status_code}).")


class _Token(requests.auth.AuthBase):
    """The token of the environment and no other: without this the library looks for passwords in the user's files."""

    def __init__(self, token: str | None) -> None:
        self._token = token

    def __call__(self, request: Any) -> Any:
        if self._token is not None:
            request.headers["Authorization"] = f"Bearer {self._token}"
        return request


def _trouble(hook: Webhook, error: requests.RequestException) -> NotTaken | Unsure:
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    if isinstance(error, requests.ConnectTimeout | requests.exceptions.SSLError) or isinstance(
        reason, NewConnectionError
    ):
        return NotTaken(f"{hook.host} cannot be reached ({type(error).__name__}).")
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return Unsure(f"{hook.host} did not say whether it took the digest ({type(error).__name__}).")
    return NotTaken(f"{hook.host} cannot be used ({type(error).__name__}).")
