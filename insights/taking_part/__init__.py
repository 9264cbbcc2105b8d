"""What taking part in a trial asks of people."""
