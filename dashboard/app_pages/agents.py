"""Agents: what is known of one on one screen, and two to four side by side."""

from dashboard.agents import compare, counts, parts
from dashboard.changes import of_agent as changes_of_agent
from dashboard.claims import of_agent as claims_of_agent
from dashboard.findings import of_agent as findings_of_agent
from dashboard.follow import parts as follow
from dashboard.gaps import of_agent as gaps_of_agent
from dashboard.refresh import parts as refresh_parts
from dashboard.results import of_agent as results_of_agent
from dashboard.shared import address as view
from dashboard.shared import data, frame
from dashboard.timeline import parts as timeline_parts
from dashboard.timeline import platforms

frame.head("Agents", "What the registry holds on one agent, or on several side by side.")
refresh_parts.outcome()
wanted = frame.wanted()
view.scope_bar(wanted, frame.condition_names())

if parts.one_agent():
    agent = parts.chooser(wanted)
    mine = parts.mine(agent, wanted)
    selection = data.selection(mine)
    story = parts.story(agent, wanted, selection)
    with parts.heading(agent):
        refresh_parts.agent_button(agent.id)
    parts.first_screen(agent, story)
    claims_of_agent.verdicts(agent)
    parts.names_and_papers(agent)
    timeline, claims, conditions, changes, findings, results, counting = parts.sections()
    with timeline:
        timeline_parts.few(selection, mine, of=agent.name)
        platforms.once(mine)
    with claims:
        claims_of_agent.claims(agent)
    with conditions:
        gaps_of_agent.gaps(agent)
        counts.charts_of(agent, mine, selection)
    with changes:
        changes_of_agent.sections(mine, sample=story.sample)
    with findings:
        if findings.open:  # as the next one
            findings_of_agent.findings(mine, selection)
    with results:
        if results.open:  # it reads every stored record once: only those who open it should wait for that
            results_of_agent.delays(mine, selection)
    with counting:
        counts.appears(mine)
        counts.trials_of(agent, mine, selection)
        gaps_of_agent.funnel(agent)
    follow.below(mine)
else:
    compare.compare(wanted)
    follow.below(compare.followed(wanted))
