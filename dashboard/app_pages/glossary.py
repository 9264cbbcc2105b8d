"""Glossary: the words of trial registries, explained."""

from dashboard.glossary import parts
from dashboard.shared import frame

frame.head("Glossary", "The words of trial registries, in plain English. The explanations are ours.")
parts.entries()
