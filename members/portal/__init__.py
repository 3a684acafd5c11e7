"""The members' web portal: log in and out, the own account, and who may see which page."""
