"""Truth of a company: planted effects, latent values, figures, limits and futures."""
