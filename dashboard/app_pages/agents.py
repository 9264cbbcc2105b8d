"""Agents: the story of one on one screen, and two to four side by side."""

from dashboard.agents import compare as agent_compare
from dashboard.agents import counts as agent_counts
from dashboard.agents import head as agent_parts
from dashboard.changes import of_agent as agent_news
from dashboard.claims import of_agent as insight_parts
from dashboard.results import of_agent as agent_delays
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.timeline import parts as timeline_parts
from dashboard.timeline import platforms as family_parts

frame.head("Agents", "What the registry holds on one of the agents, or on several beside one another.")
wanted, problems = view.current()
view.problems(problems)
view.scope_bar(wanted)

if agent_parts.one_agent():
    agent = agent_parts.chooser(wanted)
    mine = agent_parts.mine(agent, wanted)
    selection = data.selection(mine)
    told = agent_parts.story(agent, wanted, selection)
    agent_parts.first_screen(agent, told)
    timeline, claims, conditions, changes, results, counting = agent_parts.sections()
    with timeline:
        timeline_parts.few(selection, mine)
        family_parts.once(selection, mine)
    with claims:
        insight_parts.claims_of(agent)
    with conditions:
        insight_parts.gaps_of(agent)
        agent_counts.charts_of(mine, selection)
    with changes:
        agent_news.sections(told)
    with results:
        if results.open:  # it reads every stored record once, which nobody should wait for who does not look at it
            agent_delays.delays_of(mine, selection)
    with counting:
        agent_counts.appears(agent, mine)
        agent_counts.trials_of(agent, mine, selection)
        insight_parts.funnel_of(agent)
else:
    agent_compare.compare(wanted)
