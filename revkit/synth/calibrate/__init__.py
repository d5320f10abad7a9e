"""Intercepts at which a company's rates are those its scenario asks for."""
