"""What all subjects share: the frame of a page, its address, charts, tables and words."""
