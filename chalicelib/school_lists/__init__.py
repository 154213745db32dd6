"""School lists: files from administrators become schools of the directory.

A file arrives in the uploads bucket, dropped under ``uploads/`` or sent through the form that ``POST /v1/imports``
answers. Its event starts ``jobs.import_school_list``, and then::

    file_store   the object, as a seekable stream in bounded memory
    archives     the one list in a GZIP or ZIP, within bounds    (or a refusal)
    workbooks    XLSX and XLS: sheets of rows                    (or a refusal)
    decoding     what kind of text it is, and its encoding       (or a refusal)
    reading      its first rows, and all rows in chunks          uses text_rows, fitting
    finding      separator or sheet, header row, layout          (or a refusal) uses layouts, headers, choosing,
                                                                 evidence, mapping
    rows         chunks of rows to records, or to RowProblems    uses row_chunks, columns, cleaning, placing, points,
                                                                 addresses, names, naming, teaching, trades, troubles
    programs     rows of one school in a list of programs, folded into one record
    seen         each school once, with its identity and a digest of what is said
    importer     records in chunks, checkpoints, the report      uses sources, remarks, report
    planning     what is to be written for each row              uses resolving, blocks, matching, features
    chunks       a chunk's writes, as many as fit into one transaction
    absences     what a whole list lacks of its source           at the end
    undo         takes an import back, by its journal

What is remembered: ``store`` the imports, the lock and the sources; ``identity_store`` which school an identifier names
and what each source said of it last; ``matches`` the rows that people are asked about, for ``decisions``; ``journal``
what an import did; ``mappings`` the column mappings that administrators saved.

The plain layout, in any order, any of , tab ; | ^ between the columns, with or without byte order mark:

================  ======================================================================================
name              the school's name; needed
street            street and number
city, state       state as two letters or as its name; both are needed where there is no ZIP code
zip               5 digits or ZIP+4; lost leading zeros are mended; needed where city or state is missing
phone             ten digits in any spelling, with an extension
website           with or without https://
latitude          decimal degrees
longitude         decimal degrees, negative
ipeds_unit_id     6 digits
nces_id           12 digits of a public school, 8 characters of a private one
ope_id            8 digits, or the 6 of the institution
level             secondary or postsecondary: of the programs
programs          CIP codes separated by semicolons, such as ``47.0603; 47.0604``
accreditation     MLR, AST, MAST, IMMR, TST, MTST or collision: of the programs
enrolment         students in the programs
status            ``closed`` for a school that is no more
close date        the day on which it closed, where the list has no status
org type          ``district``, ``library`` and the like for what is no school
================  ======================================================================================

``-``, ``N/A`` and a blank are nothing. Other columns are not read: names and e-mail addresses of people in a list never
get into a record, a report or a log.
"""
