"""Inventory reads per processor second, beside bare aiohttp and the SDK."""
