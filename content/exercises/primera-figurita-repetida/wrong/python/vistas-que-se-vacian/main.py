def primera_repetida(figuritas):
    for figurita in figuritas:
        vistas = []
        if figurita in vistas:
            return figurita
        vistas.append(figurita)
    return None
