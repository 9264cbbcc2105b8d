"""What a verdict on a claim is made of: the trials seen, the numbers said of them, and whether "now" holds."""
