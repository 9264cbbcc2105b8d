"""Agents: the story of one on one screen, and two to four side by side."""

from dashboard import (
    agent_compare,
    agent_counts,
    agent_delays,
    agent_news,
    agent_parts,
    data,
    family_parts,
    frame,
    insight_parts,
    timeline_parts,
    view,
)

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
