"""A faithful local stand-in for the ClinicalTrials.gov API v2, for tests and benchmarks."""

from .agents import agent_studies
from .faults import NAMES as FAULT_NAMES
from .faults import Request
from .registry import FakeRegistry
from .studies import make_study
from .synthetic import synthetic_studies

__all__ = ["FAULT_NAMES", "FakeRegistry", "Request", "agent_studies", "make_study", "synthetic_studies"]
