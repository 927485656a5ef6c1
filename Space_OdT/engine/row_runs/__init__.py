"""Runs of actions over prepared rows: durable, resumable, with a plan that is what apply sends."""
