"""The page of results and delays, and the delays of one agent."""
