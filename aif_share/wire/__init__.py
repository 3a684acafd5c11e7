"""What travels between member, platform and custodians: keys, limits, problem codes, the signed directory.

Only shapes and numbers that both sides must agree on. No HTTP here, and no group arithmetic: importing this
package loads no libsodium, so the web process can use it.
"""
