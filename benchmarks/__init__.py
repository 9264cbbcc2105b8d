"""Side by side with other ways to do the same work: same pages, same run. How to run and what came out: README.md."""
