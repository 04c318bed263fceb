"""The shell: base page, navigation, look, home page by duty, and the one translator of refusals for people.

Keeps: OFFICIAL_USE_ONLY
"""
