"""What is true of a company: planted effects, latent values, figures, limits and futures."""
