"""Glossary: the words of trial registries, explained."""

from dashboard.glossary import parts
from dashboard.refresh import parts as refresh_parts
from dashboard.shared import frame

frame.head("Glossary", "The words of trial registries, in plain English. The explanations are ours.")
refresh_parts.outcome()
parts.entries()
