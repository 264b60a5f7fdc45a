def traducir(frase, glosario):
    palabras = []
    desconocidas = set()
    for gesto in frase.split():
        clave = gesto.lower()
        if clave not in glosario:
            palabras.append("[" + gesto + "]")
            desconocidas.add(clave)
        elif glosario[clave] != "":
            palabras.append(glosario[clave])
    return " ".join(palabras), len(desconocidas)
