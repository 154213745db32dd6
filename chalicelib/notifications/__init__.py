"""Telling people what happened: an inbox in the application, and mail at once or once a day.

A notice comes from the outbox by the table's stream, where it was written with the change itself. It is told to each
recipient once: what became of it is a record per notice and recipient, claimed by a conditional write before the mail
goes out and finished afterwards. So a batch that is handed in again repeats only what failed. Between the mail
service's answer and the finished record there is a moment in which a crash repeats a mail. Of losing a mail and sending
it twice, twice is chosen.
"""
