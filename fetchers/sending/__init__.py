"""Hands a digest to where the operator wants it: a mail server, a web address, nowhere else."""
