"""Where configuration comes from: `.env` files and the environment, read once."""
