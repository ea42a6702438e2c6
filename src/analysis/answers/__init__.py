"""Answers as functions of files and options: what the command line and the widgets call.

One module a question, and in it a function of the same name: ``from analysis.answers.chances import
chances``. Importing this package brings in none of them, so that ``--help`` stays quick.
"""
