def traducir(frase, glosario):
    desconocidas = 0
    for gesto in frase.split():
        if gesto.lower() not in glosario:
            desconocidas += 1
    texto = frase.lower()
    for clave in glosario:
        texto = texto.replace(clave, glosario[clave])
    return " ".join(texto.split()), desconocidas
