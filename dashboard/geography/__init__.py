"""The outline of land, the places of countries, and how both get onto a flat map: data kept beside the code."""
