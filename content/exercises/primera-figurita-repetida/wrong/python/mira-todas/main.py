def primera_repetida(figuritas):
    for figurita in figuritas:
        if figuritas.count(figurita) > 1:
            return figurita
    return None
