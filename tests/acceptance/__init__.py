"""The main job, proved on running simulators."""
