"""What is stored as a data set: a folder of Parquet tables with a written schema."""
