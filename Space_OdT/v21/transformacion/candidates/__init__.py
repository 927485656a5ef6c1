"""Masters and parameter files made of the exports of an inventory."""
