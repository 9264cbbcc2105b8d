"""What people take along as files."""
