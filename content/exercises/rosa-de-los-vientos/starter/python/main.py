def rumbo(grados):
    pass
