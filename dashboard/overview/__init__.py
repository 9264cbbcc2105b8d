"""The first page: key figures, phases and statuses, agents, starts."""
