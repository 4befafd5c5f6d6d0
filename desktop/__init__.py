"""Atalaya's desktop program: what runs on a workstation of the command centre."""
