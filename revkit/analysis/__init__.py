"""What is said about metrics once they are computed: forecasts, flows, findings."""
