def traducir(frase, glosario):
    texto = ""
    desconocidas = 0
    for gesto in frase.split():
        clave = gesto.lower()
        if clave not in glosario:
            texto += "[" + gesto + "] "
            desconocidas += 1
        elif glosario[clave] != "":
            texto += glosario[clave] + " "
    return texto, desconocidas
