"""Tests of the business road over our fake of the Cloud API, and over somebody else's."""
