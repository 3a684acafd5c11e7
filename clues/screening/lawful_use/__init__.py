"""The lawful-use gate: which purpose may learn of which category, grade and identifier type, and who decided so.

`rules` reads what counsel writes, `cells` makes the cells of it and tells two sets apart, `signing` puts a matrix in
force with two people, `gate` refuses what no cell allows. Nothing else asks the matrix, but the SQL function
`aif_screen` and the matcher's watches, which join the cells themselves.
"""
