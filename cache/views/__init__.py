"""What readers get: frames, counts, words, changes as sentences, feeds and files."""
