def totales(cosecha):
    if not cosecha:
        return [], []
    dias = len(cosecha[0])
    por_surco = []
    por_dia = [0] * dias
    for surco in cosecha:
        if len(surco) != dias:
            return None
        suma = 0
        for j, cajones in enumerate(surco):
            suma += cajones
            por_dia[j] += cajones
        por_surco.append(suma)
    return por_surco, por_dia
