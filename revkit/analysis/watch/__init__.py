"""Watch: what moved in the last two years, where and since when, among all headline metrics."""
