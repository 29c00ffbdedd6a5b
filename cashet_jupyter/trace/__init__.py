"""What did this run read and touch beyond its inputs."""
