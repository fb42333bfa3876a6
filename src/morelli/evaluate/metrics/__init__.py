"""What is measured: arrays in, numbers out. A file for each question, the names and directions in `words`."""
