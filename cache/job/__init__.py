"""The refresh as a job: what is asked and in which order, its journal, its lock and its sign of life."""
