"""What the product is measured against, written as a competent user would."""
