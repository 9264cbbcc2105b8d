"""What an operator sets up with the files of deploy/: those files themselves, run."""
