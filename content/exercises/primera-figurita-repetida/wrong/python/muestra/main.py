def primera_repetida(figuritas):
    vistas = set()
    for figurita in figuritas:
        if figurita in vistas:
            print(figurita)
            break
        vistas.add(figurita)
