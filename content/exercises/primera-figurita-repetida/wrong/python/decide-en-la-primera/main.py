def primera_repetida(figuritas):
    vistas = set()
    for figurita in figuritas:
        if figurita in vistas:
            return figurita
        else:
            return None
