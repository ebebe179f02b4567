"""Do the books say what the source says? The screens of the operations team, and the fixes of issues.

The addresses in `config` name the screens. Others may call: `models`, `tie_out.comparing`, `tie_out.deciding`,
`tie_out.run`, `tie_out.shown`, `tie_out.sign_off`.
"""
